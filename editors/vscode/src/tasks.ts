// Tasks that call galc for the packages of the workspace.
import { posix } from "node:path";
import * as vscode from "vscode";
import { command } from "./server";

/** Must match `taskDefinitions` in package.json. */
export const TASK_TYPE = "gal";

const COMMANDS = ["check", "build", "test", "run"] as const;
type Command = (typeof COMMANDS)[number];

interface Definition extends vscode.TaskDefinition {
  command: Command;
  path?: string;
  args?: string[];
}

/** Must match `problemMatchers` in package.json. */
const PROBLEM_MATCHERS = ["$galc", "$galc-panic"];

/** More packages than this in one workspace get no tasks of their own. */
const MAX_PACKAGES = 50;

const GROUPS: Partial<Record<Command, vscode.TaskGroup>> = {
  check: vscode.TaskGroup.Build,
  build: vscode.TaskGroup.Build,
  test: vscode.TaskGroup.Test,
};

function toTask(definition: Definition, scope: vscode.WorkspaceFolder | vscode.TaskScope.Workspace): vscode.Task {
  const args = [definition.command, ...(definition.args ?? []), ...(definition.path ? [definition.path] : [])];
  const options = typeof scope === "object" ? { cwd: scope.uri.fsPath } : {};
  const execution = new vscode.ProcessExecution(command(), args, options);
  const name = [definition.command, definition.path].filter(Boolean).join(" ");
  const task = new vscode.Task(definition, scope, name, "galc", execution, PROBLEM_MATCHERS);
  task.group = GROUPS[definition.command];
  return task;
}

/** The folders of packages, as seen from the folder of the workspace that they are in. */
async function packages(): Promise<{ folder: vscode.WorkspaceFolder; path: string | undefined }[]> {
  const manifests = await vscode.workspace.findFiles("**/gal.toml", "**/{build,node_modules,target}/**", MAX_PACKAGES);
  const found = manifests.flatMap((manifest) => {
    const folder = vscode.workspace.getWorkspaceFolder(manifest);
    if (!folder) return [];
    const path = posix.relative(folder.uri.path, posix.dirname(manifest.path));
    return [{ folder, path: path || undefined }];
  });
  return found.sort((a, b) => (a.path ?? "").localeCompare(b.path ?? ""));
}

export const taskProvider: vscode.TaskProvider = {
  async provideTasks() {
    const all = await packages();
    return all.flatMap(({ folder, path }) =>
      COMMANDS.map((name) => toTask({ type: TASK_TYPE, command: name, ...(path && { path }) }, folder)),
    );
  },

  /** A task that the user has written. */
  resolveTask(task) {
    const definition = task.definition as Definition;
    if (!COMMANDS.includes(definition.command)) return undefined;
    const scope = typeof task.scope === "object" ? task.scope : vscode.workspace.workspaceFolders?.[0];
    return toTask(definition, scope ?? vscode.TaskScope.Workspace);
  },
};
