// The client of `galc lsp`: started, stopped and restarted, one at a time.
import { type ChildProcess, spawn } from "node:child_process";
import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions } from "vscode-languageclient/node";
import { findProblem, resolveCommand } from "./galc";

const OPEN_SETTINGS = "Open Settings";
const RETRY = "Retry";

/** A server that has not answered `initialize` after so long is ended. */
const START_MS = 30_000;

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
    let child: ChildProcess | undefined;
    const client = new LanguageClient("gal", "GAL", async () => (child = await this.spawn(path)), this.options());
    this.client = client;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child?.kill("SIGKILL");
    }, START_MS);
    try {
      await client.start();
    } catch (error) {
      this.client = undefined;
      await client.dispose().catch(() => undefined);
      const reason = error instanceof Error ? error.message : String(error);
      const why = late ? `no answer in ${START_MS / 1000} seconds` : reason;
      this.complain(`\`${path} lsp\` did not start: ${why}`);
    } finally {
      clearTimeout(timer);
    }
  }

  private spawn(path: string): Promise<ChildProcess> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const cwd = folder?.scheme === "file" ? folder.fsPath : undefined;
    return new Promise((resolve, reject) => {
      const child = spawn(path, ["lsp"], { cwd, windowsHide: true });
      child.once("spawn", () => resolve(child));
      // Once it runs nobody is told any more.
      child.on("error", reject);
    });
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
