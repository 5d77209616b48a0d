// Starts the real binary as anybody's test suite would: spawn, read the ready line, stop by SIGTERM.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import OpenAI from 'openai';

const binary =
  process.env.PENSTOCK_BIN ??
  fileURLToPath(new URL('../../../build/release/penstock', import.meta.url));

export class Gateway {
  #child;
  #stderr = '';

  // Resolves when both listeners accept. The store is ephemeral and both ports are free ones.
  static async start(...flags) {
    const gateway = new Gateway();
    await gateway.#spawn(flags);
    return gateway;
  }

  async #spawn(flags) {
    this.#child = spawn(binary, ['serve', '--ephemeral', ...flags], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    process.once('exit', () => this.#child.kill('SIGKILL'));  // never outlive a test that is cut off
    this.#child.stderr.setEncoding('utf8').on('data', (text) => (this.#stderr += text));
    const failed = new Promise((_, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', (code) =>
        reject(new Error(`${binary} exited with ${code} before it was ready:\n${this.#stderr}`)));
    });
    const lines = createInterface({ input: this.#child.stdout });
    const [line] = await Promise.race([once(lines, 'line'), failed]);
    this.ready = JSON.parse(line);
  }

  // Asks the gateway to drain; throws unless it then exits with 0.
  async stop() {
    const exited = this.#child.exitCode ?? once(this.#child, 'exit').then(([code]) => code);
    this.#child.kill('SIGTERM');
    const code = await exited;
    if (code !== 0) throw new Error(`penstock exited with ${code}:\n${this.#stderr}`);
  }

  get log() {
    return this.#stderr;
  }

  // The official client, as a user would set it up. No retries: a test wants to see the first answer.
  client({ base = '/v1', ...options } = {}) {
    return new OpenAI({
      baseURL: this.ready.proxy_url + base,
      apiKey: this.ready.project_key,
      maxRetries: 0,
      ...options,
    });
  }

  // A call of the management API; answers the parsed body.
  async manage(method, path, body) {
    const response = await fetch(`${this.ready.manage_url}/manage/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.ready.management_key}`,
        ...(body && { 'content-type': 'application/json' }),
      },
      body: body && JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }

  // The log row of a request, once it has been flushed.
  async logRow(requestId) {
    for (let i = 0; i < 100; ++i) {
      const row = await this.manage('GET', `/logs/${requestId}`).catch(() => null);
      if (row) return row.data;
      await new Promise((wake) => setTimeout(wake, 50));
    }
    throw new Error(`no log row for ${requestId}`);
  }
}

export const ask = (content) => [{ role: 'user', content }];

// Reads a stream to its end.
export async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  const text = chunks.map((chunk) => chunk.choices[0]?.delta?.content ?? '').join('');
  return { chunks, text };
}
