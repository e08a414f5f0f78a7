//! A program as an npm project in a ZIP file: its module and sources, and what runs them in Node and in a page.

use playground_model::document::File;
use playground_model::protocol::Module;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// The folder that everything in the archive is in.
const FOLDER: &str = "gal-project";

const PACKAGE: &str = r#"{
  "name": "gal-project",
  "version": "0.1.0",
  "private": true,
  "type": "module",
  "scripts": {
    "start": "node run.js",
    "page": "vite",
    "build": "galc build --target wasm32-web -o build/main.wasm src/main.gal"
  },
  "dependencies": {
    "@gal-lang/runtime": "^RUNTIME_VERSION"
  },
  "devDependencies": {
    "vite": "^7.0.0"
  }
}
"#;

const RUN: &str = r#"// Runs the program in Node: `npm start -- arguments`.
import { instantiate } from "./build/main.js";

const app = await instantiate(undefined, { args: process.argv.slice(2) });
process.exitCode = await app.start();
"#;

const PAGE: &str = r#"<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>GAL</title>
  </head>
  <body>
    <pre id="output"></pre>
    <script type="module">
      import { instantiate } from "./build/main.js";

      const write = (text) => document.getElementById("output").append(text);
      const app = await instantiate(undefined, { stdout: write, stderr: write });
      await app.start();
    </script>
  </body>
</html>
"#;

const README: &str = "# A GAL project

`npm install`, then `npm start` runs the program in Node 22.19, 24.15 or later, and `npm run page` shows it in a page.

The sources are in `src`. `build` has the module, made for the web by galc; `npm run build` makes it again with a galc of your own.
";

pub fn archive(files: &[File], module: &Module, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut add = |name: &str, content: &[u8]| {
        zip.start_file(format!("{FOLDER}/{name}"), options).map_err(|error| error.to_string())?;
        zip.write_all(content).map_err(|error| error.to_string())
    };
    add("README.md", README.as_bytes())?;
    add("package.json", PACKAGE.replace("RUNTIME_VERSION", env!("CARGO_PKG_VERSION")).as_bytes())?;
    add("run.js", RUN.as_bytes())?;
    add("index.html", PAGE.as_bytes())?;
    add(".gitignore", b"node_modules\n")?;
    add("build/main.wasm", bytes)?;
    add("build/main.js", module.js.as_bytes())?;
    add("build/main.d.ts", module.types.as_bytes())?;
    for file in files {
        add(&format!("src/{}", file.name), file.text.as_bytes())?;
    }
    zip.finish().map(Cursor::into_inner).map_err(|error| error.to_string())
}
