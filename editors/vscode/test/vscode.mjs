// As much of the API of VS Code as the extension and its language client call; what they register is kept for the tests.
import { readFileSync } from "node:fs";
import { Module, createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const declarations = readFileSync(createRequire(import.meta.url).resolve("@types/vscode/index.d.ts"), "utf8");
const CLASSES = [...declarations.matchAll(/^\texport (?:class|enum) (\w+)/gm)].map(([, name]) => name);

/** A class that keeps its arguments, and whose static members are such classes: enough for what is only made and passed on. */
function plainClass(name) {
  const made = {
    [name]: class {
      constructor(...args) {
        Object.assign(this, { args });
      }
    },
  }[name];
  return new Proxy(made, {
    get: (target, key) => (key in target || typeof key === "symbol" ? target[key] : `${name}.${key}`),
  });
}

class Disposable {
  constructor(dispose = () => {}) {
    this.dispose = dispose;
  }
  static from(...all) {
    return new Disposable(() => all.forEach((one) => one.dispose()));
  }
}

class EventEmitter {
  #listeners = new Set();
  event = (listener, self) => {
    const bound = listener.bind(self);
    this.#listeners.add(bound);
    return new Disposable(() => this.#listeners.delete(bound));
  };
  fire(value) {
    for (const listener of [...this.#listeners]) listener(value);
  }
  dispose() {
    this.#listeners.clear();
  }
}

class CancellationTokenSource {
  #emitter = new EventEmitter();
  token = { isCancellationRequested: false, onCancellationRequested: this.#emitter.event };
  cancel() {
    this.token.isCancellationRequested = true;
    this.#emitter.fire();
  }
  dispose() {}
}

class Uri {
  constructor(path) {
    Object.assign(this, { scheme: "file", authority: "", path, query: "", fragment: "", fsPath: path });
  }
  static file = (path) => new Uri(path);
  static parse = (text) => new Uri(text.replace(/^file:\/\//, ""));
  toString() {
    return `file://${this.path}`;
  }
}

class Task {
  constructor(definition, scope, name, source, execution, problemMatchers) {
    Object.assign(this, { definition, scope, name, source, execution, problemMatchers });
  }
}

class ProcessExecution {
  constructor(process, args, options) {
    Object.assign(this, { process, args, options });
  }
}

/** Members that are not written out: events give a listener's disposable, other functions as well. */
function namespace(known) {
  const emitters = new Map();
  return new Proxy(known, {
    get(target, key) {
      if (key in target || typeof key === "symbol") return target[key];
      if (/^on(Did|Will)[A-Z]/.test(key)) {
        if (!emitters.has(key)) emitters.set(key, new EventEmitter());
        return emitters.get(key).event;
      }
      return () => new Disposable();
    },
  });
}

/** An API with these settings, in a workspace with this folder; `found` has what the extension has done. */
export function fakeVscode({ settings = {}, folder, files = [], documents = [] } = {}) {
  const found = { commands: new Map(), providers: new Map(), messages: [], log: [], executed: [], diagnostics: new Map(), answer: undefined };
  const changed = new EventEmitter();
  const channel = new Proxy(
    { name: "GAL", logLevel: 3, onDidChangeLogLevel: new EventEmitter().event, dispose() {}, show: () => found.executed.push("show") },
    { get: (target, key) => target[key] ?? ((text) => void found.log.push(`${String(key)}: ${text}`)) },
  );
  const folders = folder ? [{ uri: Uri.file(folder), name: "work", index: 0 }] : undefined;
  const say = (kind) => async (text, ...choices) => {
    found.messages.push({ kind, text, choices });
    const { answer } = found;
    found.answer = undefined;
    return answer;
  };
  const api = {
    version: "1.91.0",
    Disposable,
    EventEmitter,
    CancellationTokenSource,
    Uri,
    Task,
    ProcessExecution,
    env: namespace({ appName: "test", language: "en", appRoot: "/" }),
    commands: namespace({
      registerCommand(name, run) {
        found.commands.set(name, run);
        return new Disposable(() => found.commands.delete(name));
      },
      executeCommand: async (...args) => void found.executed.push(args),
    }),
    tasks: namespace({
      registerTaskProvider(type, provider) {
        found.providers.set(type, provider);
        return new Disposable(() => found.providers.delete(type));
      },
    }),
    languages: namespace({
      match: () => 10,
      createDiagnosticCollection: () =>
        namespace({ set: (uri, all) => void found.diagnostics.set(uri.fsPath, all), clear() {}, dispose() {} }),
    }),
    window: namespace({
      createOutputChannel: () => channel,
      showErrorMessage: say("error"),
      showWarningMessage: say("warning"),
      showInformationMessage: say("information"),
      visibleTextEditors: [],
      tabGroups: namespace({ all: [] }),
      withProgress: (_, run) => run({ report() {} }, new CancellationTokenSource().token),
    }),
    workspace: namespace({
      workspaceFolders: folders,
      textDocuments: documents.map(([path, text]) => ({
        uri: Uri.file(path),
        languageId: "gal",
        version: 1,
        getText: () => text,
      })),
      notebookDocuments: [],
      isTrusted: true,
      getConfiguration: (section) => ({
        get: (key, fallback) => settings[`${section}.${key}`] ?? fallback,
        inspect: () => undefined,
      }),
      onDidChangeConfiguration: changed.event,
      getWorkspaceFolder: (uri) => folders?.find((one) => uri.path.startsWith(one.uri.path)),
      findFiles: async () => files.map((path) => Uri.file(path)),
      createFileSystemWatcher: () => namespace({ dispose() {} }),
    }),
  };
  return {
    found,
    /** Changes a setting as a user does. */
    set(key, value) {
      settings[key] = value;
      changed.fire({ affectsConfiguration: (section) => key === section || key.startsWith(`${section}.`) });
    },
    api: { ...Object.fromEntries(CLASSES.map((name) => [name, plainClass(name)])), ...api },
  };
}

/** The extension as it is packed, with `api` for VS Code. */
export function loadExtension(api) {
  const path = fileURLToPath(new URL("../dist/extension.js", import.meta.url));
  const load = Module._load;
  Module._load = (request, ...rest) => (request === "vscode" ? api : load(request, ...rest));
  try {
    const require = createRequire(import.meta.url);
    delete require.cache[path];
    return require(path);
  } finally {
    Module._load = load;
  }
}
