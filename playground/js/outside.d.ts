// Texts that the build puts in.
declare const RUN_WORKER: string;
declare const RUNTIME_MODULES: [name: string, text: string][];
declare const SITE_FILES: string[];
declare const SITE_VERSION: string;
