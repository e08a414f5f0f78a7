//! Sources from the disk or from memory.

use driver::SourceLoader;
use std::path::PathBuf;

/// Files below a folder.
pub struct Disk {
    pub root: PathBuf,
}

impl SourceLoader for Disk {
    fn load(&mut self, path: &str) -> Option<String> {
        std::fs::read_to_string(self.root.join(path)).ok()
    }

    fn load_bytes(&mut self, path: &str) -> Option<Vec<u8>> {
        std::fs::read(self.root.join(path)).ok()
    }

    fn exists(&mut self, path: &str) -> bool {
        self.root.join(path).is_file()
    }

    fn list(&mut self, folder: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.root.join(folder)).into_iter().flatten().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }
}

/// One file that exists only here.
pub struct Memory {
    pub name: String,
    pub text: Vec<u8>,
}

impl SourceLoader for Memory {
    fn load(&mut self, path: &str) -> Option<String> {
        String::from_utf8(self.load_bytes(path)?).ok()
    }

    fn load_bytes(&mut self, path: &str) -> Option<Vec<u8>> {
        (path == self.name).then(|| self.text.clone())
    }

    fn exists(&mut self, path: &str) -> bool {
        path == self.name
    }
}
