// Which galc is used, and whether it can be.
import { execFile } from "node:child_process";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** How long galc may take to print its help. */
const PROBE_MS = 20_000;

/** The command that the setting `gal.server.path` stands for. `folder` is the first of the workspace. */
export function resolveCommand(setting: string, folder: string | undefined): string {
  let path = setting.trim() || "galc";
  path = path.replace(/\$\{workspaceFolder\}/g, folder ?? ".");
  path = path.replace(/\$\{env:(\w+)\}/g, (_, name: string) => process.env[name] ?? "");
  if (path === "~" || /^~[/\\]/.test(path)) path = join(homedir(), path.slice(1));
  const isName = !/[/\\]/.test(path);
  return isName || isAbsolute(path) || folder === undefined ? path : join(folder, path);
}

/** Why `command` cannot be the language server, in a sentence for the user; undefined if it can. */
export async function findProblem(command: string, limit = PROBE_MS): Promise<string | undefined> {
  const help = await run(command, ["lsp", "--help"], limit);
  if (help.kind === "done" && help.status === 0) return undefined;
  if (help.kind === "missing") {
    return `There is no \`${command}\`. Install galc, or say in the setting gal.server.path where it is.`;
  }
  if (help.kind === "failed") {
    return `\`${command}\` cannot be run: ${help.why}. The setting gal.server.path says which galc is used.`;
  }
  const version = await run(command, ["--version"], limit);
  const name = version.kind === "done" && version.status === 0 ? version.output.trim() : "";
  return /^galc\b/.test(name)
    ? `This galc has no language server: \`${command}\` is ${name}. Install a newer one.`
    : `\`${command}\` is no galc. The setting gal.server.path says which one is used.`;
}

type Outcome =
  | { kind: "done"; status: number; output: string }
  | { kind: "missing" }
  | { kind: "failed"; why: string };

function run(command: string, args: string[], limit: number): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: limit, killSignal: "SIGKILL", windowsHide: true }, (error, stdout) => {
      if (!error) return resolve({ kind: "done", status: 0, output: stdout });
      if (error.killed) return resolve({ kind: "failed", why: `no answer in ${limit / 1000} seconds` });
      if (typeof error.code === "number") return resolve({ kind: "done", status: error.code, output: stdout });
      const code = (error as NodeJS.ErrnoException).code;
      resolve(code === "ENOENT" ? { kind: "missing" } : { kind: "failed", why: code ?? error.message });
    });
  });
}
