// The client of `galc lsp`: started, stopped and restarted, one at a time.
import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions } from "vscode-languageclient/node";
import { findProblem, resolveCommand } from "./galc";

const OPEN_SETTINGS = "Open Settings";
const RETRY = "Retry";

/** What `gal.server.path` stands for here. */
export function command(): string {
  const setting = vscode.workspace.getConfiguration("gal").get<string>("server.path", "galc");
  return resolveCommand(setting, vscode.workspace.workspaceFolders?.[0]?.uri.fsPath);
}

export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  /** What is under way; a later request waits for it. */
  private last: Promise<void> = Promise.resolve();
  private readonly watcher = vscode.workspace.createFileSystemWatcher("**/{*.gal,gal.toml}");

  constructor(private readonly output: vscode.LogOutputChannel) {}

  /** Starts the server anew, or for the first time. */
  restart(): Promise<void> {
    return this.queue(async () => {
      await this.stopNow();
      await this.startNow();
    });
  }

  stop(): Promise<void> {
    return this.queue(() => this.stopNow());
  }

  dispose(): void {
    this.watcher.dispose();
    void this.stop();
  }

  private queue(step: () => Promise<void>): Promise<void> {
    const next = this.last.then(step);
    // A step that fails tells its caller, and does not keep the next from running.
    this.last = next.catch(() => undefined);
    return next;
  }

  private async startNow(): Promise<void> {
    if (!vscode.workspace.getConfiguration("gal").get<boolean>("server.enable", true)) {
      this.output.info("gal.server.enable is off");
      return;
    }
    const path = command();
    const problem = await findProblem(path);
    if (problem !== undefined) return this.complain(problem);
    this.output.info(`starting ${path} lsp`);
    // A `transport` would add an argument of its own.
    const client = new LanguageClient("gal", "GAL", { command: path, args: ["lsp"] }, this.options());
    this.client = client;
    try {
      await client.start();
    } catch (error) {
      this.client = undefined;
      await client.dispose().catch(() => undefined);
      this.complain(`\`${path} lsp\` did not start: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  private options(): LanguageClientOptions {
    return {
      documentSelector: [
        { scheme: "file", language: "gal" },
        { scheme: "untitled", language: "gal" },
      ],
      outputChannel: this.output,
      synchronize: { fileEvents: this.watcher },
    };
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    // One that has crashed cannot be stopped, and is gone anyway.
    await client?.dispose().catch((error: unknown) => this.output.warn(String(error)));
  }

  /** Says what is wrong, and does not wait for the answer. */
  private complain(problem: string): void {
    this.output.error(problem);
    void vscode.window.showErrorMessage(problem, OPEN_SETTINGS, RETRY).then((answer) => {
      if (answer === RETRY) return this.restart();
      if (answer !== OPEN_SETTINGS) return undefined;
      return vscode.commands.executeCommand("workbench.action.openSettings", "gal.server.path");
    });
  }
}
