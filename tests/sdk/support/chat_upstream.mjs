// A provider of OpenAI's dialect that has chats and embeddings, and nothing else: no files, no batches.
import { once } from 'node:events';
import { createServer } from 'node:http';

export class ChatUpstream {
  static async start() {
    const upstream = new ChatUpstream();
    upstream.server = createServer((request, response) => {
      upstream.#serve(request, response).catch((error) => response.destroy(error));
    });
    upstream.server.listen(0, '127.0.0.1');
    await once(upstream.server, 'listening');
    upstream.url = `http://127.0.0.1:${upstream.server.address().port}/v1`;
    return upstream;
  }
  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }

  last;  // what was asked

  // The answer says the last message again, its texts.
  async #serve(request, response) {
    const asked = JSON.parse(Buffer.concat(await request.toArray()) || '{}');
    this.last = asked;
    const said = (content) => typeof content === 'string'
      ? content : content.filter(({ type }) => type === 'text').map(({ text }) => text).join('\n');
    const usage = { prompt_tokens: 8, completion_tokens: 2, total_tokens: 10 };
    const answers = {
      '/v1/chat/completions': () => ({
        id: 'c', object: 'chat.completion', created: 1, model: asked.model, usage,
        choices: [{ index: 0, finish_reason: 'stop',
                    message: { role: 'assistant', content: said(asked.messages.at(-1).content) } }],
      }),
      '/v1/embeddings': () => ({
        object: 'list', model: asked.model, usage: { prompt_tokens: 8, total_tokens: 8 },
        data: [{ object: 'embedding', index: 0, embedding: [0.5, 0.25] }],
      }),
    };
    const answer = answers[request.url]?.();
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { error: { message: 'no such path', type: 'x' } }));
  }
}

// Asks again until it holds.
export async function until(ask, holds) {
  for (let i = 0; i < 400; ++i) {
    const answer = await ask();
    if (holds(answer)) return answer;
    await new Promise((wake) => setTimeout(wake, 50));
  }
  throw new Error('it did not come to pass');
}
