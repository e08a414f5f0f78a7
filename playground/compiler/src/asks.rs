//! Questions of the editor: completion, hover and the like, which `ide` answers. What it has found out is kept until the files change.

use crate::options;
use driver::DriverError;
use ide::{NoFiles, Workspace};
use playground_model::document::{ENTRY, File};
use playground_model::protocol::{Answer, CompileOptions, Query};
use serde::Serialize;
use serde_json::Value;

pub struct Asks {
    workspace: Workspace,
    open: Vec<String>,
}

impl Default for Asks {
    fn default() -> Asks {
        let options = options(&CompileOptions::default());
        Asks { workspace: Workspace::new(Box::new(NoFiles), options), open: Vec::new() }
    }
}

impl Asks {
    pub fn answer(
        &mut self,
        files: Vec<File>,
        file: &str,
        offset: u32,
        query: &Query,
    ) -> Result<Answer, DriverError> {
        self.set_files(files);
        let it = &mut self.workspace;
        let result = match query {
            Query::Completion => it.completion(ENTRY, file, offset).map(json),
            Query::Hover => it.hover(ENTRY, file, offset).map(json),
            Query::Signature => it.signature_help(ENTRY, file, offset).map(json),
            Query::Definition => it.definition(ENTRY, file, offset).map(json),
            Query::Target => it.prepare_rename(ENTRY, file, offset).map(json),
            Query::Rename { name } => it.rename(ENTRY, file, offset, name).map(json),
        };
        match result {
            Ok(result) => Ok(Answer::Asked { result: result?, refused: None }),
            Err(error) => Ok(Answer::Asked { result: Value::Null, refused: Some(error.to_string()) }),
        }
    }

    fn set_files(&mut self, files: Vec<File>) {
        for gone in self.open.iter().filter(|name| files.iter().all(|file| file.name != **name)) {
            self.workspace.close(gone);
        }
        self.open = files.iter().map(|file| file.name.clone()).collect();
        for file in files {
            self.workspace.set_text(&file.name, file.text);
        }
    }
}

fn json(value: impl Serialize) -> Result<Value, DriverError> {
    serde_json::to_value(value).map_err(|error| DriverError::Internal(error.to_string()))
}
