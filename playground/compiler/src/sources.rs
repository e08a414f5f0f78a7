//! The document's files, as the driver reads them.

use driver::SourceLoader;
use playground_model::document::File;

pub struct Files(Vec<File>);

impl Files {
    pub fn new(files: Vec<File>) -> Files {
        Files(files)
    }
}

impl SourceLoader for Files {
    fn load(&mut self, path: &str) -> Option<String> {
        self.0.iter().find(|file| file.name == path).map(|file| file.text.clone())
    }

    fn exists(&mut self, path: &str) -> bool {
        self.0.iter().any(|file| file.name == path)
    }

    fn list(&mut self, folder: &str) -> Vec<String> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let inside = self.0.iter().filter_map(|file| file.name.strip_prefix(&prefix));
        inside.map(|rest| rest.split('/').next().unwrap_or(rest).to_string()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_listed() {
        let file = |name: &str| File { name: name.into(), text: String::new() };
        let mut files = Files::new(vec![file("main.gal"), file("net/http.gal"), file("net/url.gal")]);
        assert_eq!(files.list(""), ["main.gal", "net", "net"]);
        assert_eq!(files.list("net"), ["http.gal", "url.gal"]);
        assert!(files.exists("net/url.gal") && !files.exists("net"));
        assert_eq!(files.load("net"), None);
    }
}
