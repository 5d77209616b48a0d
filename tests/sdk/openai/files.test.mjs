import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { toFile } from 'openai';

import { FilesUpstream } from '../support/files_upstream.mjs';
import { Gateway, ask } from '../support/gateway.mjs';

const line = (custom_id) => JSON.stringify({
  custom_id, method: 'POST', url: '/v1/chat/completions',
  body: { model: 'gpt-4o-mini', max_tokens: 20, messages: ask('Hi') },
});

describe('files and batches with the openai client', () => {
  let gateway, upstream, client;
  before(async () => {
    [gateway, upstream] = [await Gateway.start(), await FilesUpstream.start()];
    await gateway.manage('POST', '/providers', {
      vendor: 'openai', name: 'oa', base_url: `${upstream.url}/v1`, api_key: 'sk-upstream', private: true,
      verify: false,
    });
    client = gateway.client();
  });
  after(async () => {
    upstream?.stop();
    await gateway?.stop();
  });

  it('uploads, shows, lists, reads and deletes files', async () => {
    const text = 'Some text, with ümlauts.\n'.repeat(1000);
    const file = await client.files.create({ file: await toFile(Buffer.from(text), 'a.txt'), purpose: 'user_data' });
    assert.equal(file.object, 'file');
    assert.equal(file.bytes, Buffer.byteLength(text));
    assert.deepEqual(await client.files.retrieve(file.id), file);
    const ids = [];
    for await (const one of client.files.list({ limit: 1, order: 'asc' })) ids.push(one.id);
    assert.ok(ids.includes(file.id));
    assert.equal(await (await client.files.content(file.id)).text(), text);
    assert.equal((await client.files.delete(file.id)).deleted, true);
    await assert.rejects(client.files.retrieve(file.id), { status: 404 });
  });

  it('makes a batch, sees it through and reads its output', async () => {
    const input = await client.files.create({
      file: await toFile(Buffer.from(`${line('a')}\n${line('b')}\n`), 'in.jsonl'), purpose: 'batch',
    });
    const batch = await client.batches.create({
      input_file_id: input.id, endpoint: '/v1/chat/completions', completion_window: '24h',
    });
    assert.equal(batch.object, 'batch');
    const second = await client.batches.create({
      input_file_id: input.id, endpoint: '/v1/chat/completions', completion_window: '24h',
    });
    assert.equal((await client.batches.cancel(second.id)).status, 'cancelling');
    const listed = [];
    for await (const one of client.batches.list({ limit: 1 })) listed.push(one.id);
    assert.deepEqual(listed, [second.id, batch.id]);
    upstream.complete(batch.id, [{
      custom_id: 'a', error: null,
      response: { status_code: 200, body: { model: 'gpt-4o-mini', usage: { prompt_tokens: 8, completion_tokens: 2 } } },
    }]);
    const done = await client.batches.retrieve(batch.id);
    assert.equal(done.status, 'completed');
    const output = await (await client.files.content(done.output_file_id)).text();
    assert.equal(JSON.parse(output).custom_id, 'a');
  });

  it('keeps another project out', async () => {
    const file = await client.files.create({ file: await toFile(Buffer.from('x'), 'a.txt'), purpose: 'user_data' });
    const { data: project } = await gateway.manage('POST', '/projects', { name: 'Other', slug: 'other' });
    const { data: key } = await gateway.manage('POST', '/api-keys', { name: 'k', project_id: project.id });
    const stranger = gateway.client({ apiKey: key.key });
    await assert.rejects(stranger.files.retrieve(file.id), { status: 404 });
    await assert.rejects(stranger.files.content(file.id), { status: 404 });
    await assert.rejects(stranger.files.delete(file.id), { status: 404 });
    assert.deepEqual((await stranger.files.list()).data, []);
  });

  it('says what is wrong with a line before any provider is asked', async () => {
    await assert.rejects(
      client.files.create({ file: await toFile(Buffer.from('{}\n'), 'in.jsonl'), purpose: 'batch' }),
      { status: 400, code: 'invalid_batch_line' });
  });
});
