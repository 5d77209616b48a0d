// A Penstock gateway as a child process. Copy this file into your test suite.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

// Starts `binary` on free ports with a temporary store. Resolves, when it accepts requests, to
//   { proxyUrl, manageUrl, projectKey, managementKey, stop() }
export async function startPenstock(binary, flags = []) {
  const child = spawn(binary, ['serve', '--ephemeral', ...flags],
                      { stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (log = (log + text).slice(-10_000)));
  const exited = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code));
  });
  const killWithUs = () => child.kill('SIGKILL');
  process.once('exit', killWithUs);

  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    exited.then((code) => Promise.reject(new Error(`penstock exited with ${code}:\n${log}`))),
  ]);
  const ready = JSON.parse(line);
  return {
    proxyUrl: ready.proxy_url,
    manageUrl: ready.manage_url,
    projectKey: ready.project_key,
    managementKey: ready.management_key,
    // Lets requests under way finish; throws unless the gateway then exits cleanly.
    async stop() {
      child.kill('SIGTERM');
      const code = await exited;
      process.removeListener('exit', killWithUs);
      if (code !== 0) throw new Error(`penstock exited with ${code}:\n${log}`);
    },
  };
}
