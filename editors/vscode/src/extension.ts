// What VS Code calls: `activate` and `deactivate`.
import * as vscode from "vscode";
import { Server } from "./server";
import { TASK_TYPE, taskProvider } from "./tasks";

let server: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const output = vscode.window.createOutputChannel("GAL", { log: true });
  server = new Server(output);
  const started = server;
  context.subscriptions.push(
    output,
    server,
    vscode.commands.registerCommand("gal.restartServer", () => started.restart()),
    vscode.commands.registerCommand("gal.showOutput", () => output.show()),
    vscode.tasks.registerTaskProvider(TASK_TYPE, taskProvider),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("gal.server")) void started.restart();
    }),
  );
  await server.restart();
}

export async function deactivate(): Promise<void> {
  await server?.stop();
  server = undefined;
}
