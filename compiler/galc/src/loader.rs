//! Reads source files from the disk for the driver.

use driver::SourceLoader;
use std::io;
use std::path::Path;

/// Keeps the last error, since the driver only learns that a file could not be read.
#[derive(Default)]
pub struct DiskLoader {
    last_error: Option<io::Error>,
}

impl DiskLoader {
    /// Why a file cannot be read.
    pub fn explain(&mut self, path: &str) -> String {
        if Path::new(path).is_dir() {
            return "it is a folder".to_string();
        }
        if !self.exists(path) && Path::new(path).exists() {
            return "it is no ordinary file; give its text a name that ends in `.gal`".to_string();
        }
        self.load_bytes(path);
        match self.last_error.take() {
            Some(error) => error.to_string(),
            None => "it was not there a moment ago".to_string(),
        }
    }
}

impl SourceLoader for DiskLoader {
    fn load(&mut self, path: &str) -> Option<String> {
        std::fs::read_to_string(path).map_err(|error| self.last_error = Some(error)).ok()
    }

    fn load_bytes(&mut self, path: &str) -> Option<Vec<u8>> {
        std::fs::read(path).map_err(|error| self.last_error = Some(error)).ok()
    }

    fn exists(&mut self, path: &str) -> bool {
        Path::new(path).is_file()
    }

    fn list(&mut self, folder: &str) -> Vec<String> {
        let folder = if folder.is_empty() { "." } else { folder };
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }
}
