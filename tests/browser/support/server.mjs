/**
 * A Préau of its own for a journey: the built binary on a free port, a fresh data folder, on SQLite or on a fresh PostgreSQL database.
 */
import { execFile, execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const BINARY = process.env.PREAU_TEST_BINARY ?? join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "debug", "preau");
/** Milliseconds until what does not come is given up: a busy machine is no fault. */
export const PATIENCE = 30_000;

/** The databases that journeys run on: PostgreSQL when script/test (or the developer) names a server. */
export const DATABASES = process.env.PREAU_TEST_POSTGRES_URL ? ["sqlite", "postgres"] : ["sqlite"];

/** A sample package as built by content-packages/build.mjs. */
export const sample = (name) => join(ROOT, "build", "packages", `${name}.zip`);
export const medium = (name) => join(ROOT, "build", "media", name);

export class Server {
  #process = null;
  #output = "";

  /** An empty Préau, not yet running. */
  static async prepare(database) {
    const server = new Server();
    server.folder = mkdtempSync(join(tmpdir(), "preau-browser-"));
    server.port = await freePort();
    server.origin = `http://preau.localhost:${server.port}`;
    server.content = `http://content.preau.localhost:${server.port}`;
    // Node does not resolve *.localhost everywhere, Chromium does: what Node asks goes to the machine itself.
    server.local = `http://127.0.0.1:${server.port}`;
    server.environment = {
      ...process.env,
      PREAU_LISTEN: `127.0.0.1:${server.port}`,
      PREAU_PUBLIC_URL: server.origin,
      PREAU_CONTENT_URL: server.content,
      PREAU_DATA_DIR: join(server.folder, "data"),
      PREAU_DATABASE_URL: database === "postgres" ? server.#createDatabase() : "",
    };
    return server;
  }

  #createDatabase() {
    const url = new URL(process.env.PREAU_TEST_POSTGRES_URL);
    this.database = `preau_browser_${randomBytes(6).toString("hex")}`;
    psql(`CREATE DATABASE ${this.database}`);
    url.pathname = `/${this.database}`;
    return url.href;
  }

  /** Starts the server and waits until it can serve. */
  async start(...options) {
    this.#process = spawn(BINARY, ["serve", ...options], { env: this.environment, cwd: this.folder, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#process.stdout, this.#process.stderr]) stream.on("data", (bytes) => { this.#output += bytes; });
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      if (this.#process.exitCode !== null) throw new Error(`preau serve ended with ${this.#process.exitCode}:\n${this.#output}`);
      if (Date.now() > deadline) throw new Error(`preau serve is not ready after ${PATIENCE / 1000} s:\n${this.#output}`);
      const ready = await fetch(`${this.local}/readyz`).then((answer) => answer.ok, () => false);
      if (ready) return this;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async stop() {
    const running = this.#process;
    this.#process = null;
    if (!running || running.exitCode !== null) return;
    const ended = once(running, "exit");
    running.kill("SIGTERM");
    const timer = setTimeout(() => running.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(timer);
  }

  async restart() {
    await this.stop();
    return this.start();
  }

  async remove() {
    await this.stop();
    if (this.database) psql(`DROP DATABASE IF EXISTS ${this.database} WITH (FORCE)`);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What the server has printed so far. */
  get output() {
    return this.#output;
  }

  /** Runs `preau ARGUMENTS --json` on the same database and gives what it answers. */
  async cli(args, input = "") {
    const child = promisify(execFile)(BINARY, ["--json", ...args], { env: this.environment, cwd: this.folder });
    // One that ends before it is given anything is judged by how it ends.
    child.child.stdin.on("error", () => {});
    child.child.stdin.end(input);
    const { stdout } = await child;
    return stdout.trim() === "" ? null : JSON.parse(stdout);
  }

  /** A person who can sign in, by the command line as an operator would; `unit`: where they work, "Direction/Service". */
  async person(login, name, role, unit) {
    const password = `Préau-${randomBytes(9).toString("base64url")}`;
    const where = unit ? ["--org-unit", unit] : [];
    const made = await this.cli(["user", "add", "--login", login, "--name", name, "--role", role, ...where, "--password-stdin"], `${password}\n`);
    return { ...made, login, name, role, password };
  }
}

function psql(statement) {
  execFileSync("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement, process.env.PREAU_TEST_POSTGRES_URL], { stdio: ["ignore", "ignore", "inherit"] });
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}
