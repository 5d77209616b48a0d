// A provider's files and batches in memory, OpenAI's and Anthropic's: enough of them for the clients
// to talk to through the gateway. Batches are over when the test says so.
import { once } from 'node:events';
import { createServer } from 'node:http';

export class FilesUpstream {
  files = new Map();
  batches = new Map();
  #made = 0;

  static async start() {
    const upstream = new FilesUpstream();
    upstream.server = createServer((request, response) => {
      upstream.#serve(request, response).catch((error) => response.destroy(error));
    });
    upstream.server.listen(0, '127.0.0.1');
    await once(upstream.server, 'listening');
    upstream.url = `http://127.0.0.1:${upstream.server.address().port}`;
    return upstream;
  }
  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }

  // The batch has ended with these lines.
  complete(id, lines) {
    const batch = this.batches.get(id);
    const content = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    if (batch.object === 'batch') {
      batch.status = 'completed';
      batch.output_file_id = `file-out-${id}`;
      this.files.set(batch.output_file_id,
        { object: { id: batch.output_file_id, object: 'file', purpose: 'batch_output',
                    bytes: content.length, created_at: 1, filename: 'o', status: 'processed' },
          content });
    } else {
      batch.processing_status = 'ended';
      batch.results_url = `https://api.anthropic.com/v1/messages/batches/${id}/results`;
      this.results = content;
    }
  }

  async #serve(request, response) {
    const body = Buffer.concat(await request.toArray());
    const path = new URL(request.url, this.url).pathname.replace('/v1/messages/', '/v1/');
    const [, , kind, id, verb = request.method] = path.split('/');
    const anthropic = 'anthropic-version' in request.headers;
    const answer = (object) => {
      response.writeHead(object ? 200 : 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(object ?? { error: { message: 'none', type: 'x' } }));
    };
    if (kind === 'files') {
      if (verb === 'POST') {
        const form = await new Response(body, { headers: { 'content-type': request.headers['content-type'] } })
          .formData();
        return answer(this.#file(anthropic, form.get('purpose'),
          Buffer.from(await form.get('file').arrayBuffer()), form.get('file').name));
      }
      const file = this.files.get(id);
      if (verb === 'content') {
        response.writeHead(200, { 'content-type': 'application/octet-stream' });
        return response.end(file.content);
      }
      if (verb === 'DELETE') {
        this.files.delete(id);
        return answer(anthropic ? { id, type: 'file_deleted' } : { id, object: 'file', deleted: true });
      }
      return answer(file?.object);
    }
    if (verb === 'POST') return answer(this.#batch(anthropic, JSON.parse(body)));
    const batch = this.batches.get(id);
    if (verb === 'results') {
      response.writeHead(200, { 'content-type': 'application/x-jsonl' });
      return response.end(this.results);
    }
    if (verb === 'cancel') batch[anthropic ? 'processing_status' : 'status'] = anthropic ? 'canceling' : 'cancelling';
    if (verb === 'DELETE') return answer({ id, type: 'message_batch_deleted' });
    answer(batch);
  }

  #file(anthropic, purpose, content, filename) {
    const id = anthropic ? `file_01${++this.#made}` : `file-${++this.#made}`;
    const object = anthropic
      ? { id, type: 'file', filename, mime_type: 'text/plain', size_bytes: content.length,
          created_at: '2026-01-01T00:00:00Z', downloadable: true }
      : { id, object: 'file', purpose, bytes: content.length, created_at: 1, filename, status: 'processed' };
    this.files.set(id, { object, content });
    return object;
  }

  #batch(anthropic, asked) {
    const id = anthropic ? `msgbatch_${++this.#made}` : `batch_${++this.#made}`;
    const object = anthropic
      ? { id, type: 'message_batch', processing_status: 'in_progress', results_url: null,
          request_counts: { processing: asked.requests.length, succeeded: 0, errored: 0, canceled: 0, expired: 0 },
          created_at: '2026-01-01T00:00:00Z', expires_at: '2026-01-02T00:00:00Z' }
      : { id, object: 'batch', endpoint: asked.endpoint, input_file_id: asked.input_file_id,
          completion_window: asked.completion_window, status: 'in_progress', created_at: 1,
          output_file_id: null, error_file_id: null };
    this.batches.set(id, object);
    return object;
  }
}
