// Batches that the gateway executes itself, because the provider has none.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { toFile } from 'openai';

import { ChatUpstream, until } from '../support/chat_upstream.mjs';
import { Gateway, ask } from '../support/gateway.mjs';

describe('batches with the openai client before a provider without batches', () => {
  let gateway, upstream, client;
  before(async () => {
    [gateway, upstream] = [await Gateway.start(), await ChatUpstream.start()];
    await gateway.manage('POST', '/providers', {
      vendor: 'vllm', name: 'up', base_url: upstream.url, private: true, verify: false,
    });
    client = gateway.client();
  });
  after(async () => {
    upstream?.stop();
    await gateway?.stop();
  });

  const line = (custom_id, url, body) => `${JSON.stringify({ custom_id, method: 'POST', url, body })}\n`;
  const run = async (endpoint, lines) => {
    const input = await client.files.create({
      file: await toFile(Buffer.from(lines.join('')), 'in.jsonl'), purpose: 'batch',
    });
    assert.equal(input.filename, 'in.jsonl');
    const batch = await client.batches.create({
      input_file_id: input.id, endpoint, completion_window: '24h', metadata: { of: 'tests' },
    });
    assert.equal(batch.object, 'batch');
    return until(() => client.batches.retrieve(batch.id),
      ({ status }) => ['completed', 'failed', 'expired', 'cancelled'].includes(status));
  };
  const read = async (id) =>
    (await (await client.files.content(id)).text()).trim().split('\n').map((text) => JSON.parse(text));

  it('answers chats, and tells of those that failed', async () => {
    const chat = '/v1/chat/completions';
    const done = await run(chat, [
      line('good', chat, { model: 'up/m', messages: ask('Hello') }),
      line('bad', chat, { model: 'up/m', messages: ask('x'), stream: true }),
    ]);
    assert.equal(done.status, 'completed');
    assert.deepEqual(done.request_counts, { total: 2, completed: 1, failed: 1 });
    assert.deepEqual(done.metadata, { of: 'tests' });
    const [good] = await read(done.output_file_id);
    assert.equal(good.custom_id, 'good');
    assert.equal(good.response.status_code, 200);
    assert.equal(good.response.body.choices[0].message.content, 'Hello');
    const [bad] = await read(done.error_file_id);
    assert.equal(bad.response.status_code, 400);
    assert.equal(bad.response.body.error.param, 'stream');
    const ids = [];
    for await (const one of client.batches.list({ limit: 1 })) ids.push(one.id);
    assert.ok(ids.includes(done.id));
    const files = [];
    for await (const one of client.files.list({ purpose: 'batch_output' })) files.push(one.id);
    assert.ok(files.includes(done.output_file_id));
    assert.equal((await client.files.delete(done.output_file_id)).deleted, true);
    await assert.rejects(client.files.content(done.output_file_id), { status: 404 });
  });

  it('makes vectors', async () => {
    const done = await run('/v1/embeddings',
      [line('a', '/v1/embeddings', { model: 'up/e', input: 'x' })]);
    const [answer] = await read(done.output_file_id);
    assert.deepEqual(answer.response.body.data[0].embedding, [0.5, 0.25]);
  });

  it('says which lines are none', async () => {
    const failed = await run('/v1/chat/completions', ['{}\n']);
    assert.equal(failed.status, 'failed');
    assert.equal(failed.errors.data[0].line, 1);
    assert.equal(failed.errors.data[0].param, 'custom_id');
  });
});
