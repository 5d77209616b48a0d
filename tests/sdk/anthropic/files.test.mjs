// Anthropic's files where no provider has any, in messages to a provider of OpenAI's dialect; and the
// same file in OpenAI's client.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import Anthropic, { toFile } from '@anthropic-ai/sdk';

import { ChatUpstream } from '../support/chat_upstream.mjs';
import { Gateway } from '../support/gateway.mjs';

describe("files with Anthropic's client before a provider without files", () => {
  let gateway, upstream, client;
  const pdf = Buffer.from('%PDF-1.4 hello');
  before(async () => {
    [gateway, upstream] = [await Gateway.start(), await ChatUpstream.start()];
    await gateway.manage('POST', '/providers', {
      vendor: 'vllm', name: 'up', base_url: upstream.url, private: true, verify: false,
    });
    client = new Anthropic({
      baseURL: `${gateway.ready.proxy_url}/anthropic`,
      apiKey: gateway.ready.project_key,
      maxRetries: 0,
    });
  });
  after(async () => {
    upstream?.stop();
    await gateway?.stop();
  });

  const ask = (file_id) => client.beta.messages.create({
    model: 'up/m', max_tokens: 20, betas: ['files-api-2025-04-14'],
    messages: [{ role: 'user', content: [
      { type: 'document', source: { type: 'file', file_id } },
      { type: 'text', text: 'Hello' },
    ] }],
  });

  it('uploads, lists, names in a message, downloads and deletes one', async () => {
    const file = await client.beta.files.upload({ file: await toFile(pdf, 'a.pdf', { type: 'application/pdf' }) });
    assert.equal(file.type, 'file');
    assert.equal(file.filename, 'a.pdf');
    assert.equal(file.mime_type, 'application/pdf');
    assert.equal(file.size_bytes, pdf.length);
    const listed = [];
    for await (const one of client.beta.files.list()) listed.push(one.id);
    assert.deepEqual(listed, [file.id]);
    assert.deepEqual(await client.beta.files.retrieveMetadata(file.id), file);
    await ask(file.id);
    const data = `data:application/pdf;base64,${pdf.toString('base64')}`;
    assert.ok(JSON.stringify(upstream.last).includes(data));
    // The other API's client names the same file.
    await gateway.client().chat.completions.create({
      model: 'up/m',
      messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: file.id } }, { type: 'text', text: 'x' }] }],
    });
    assert.ok(JSON.stringify(upstream.last).includes(data));
    const content = await client.beta.files.download(file.id);
    assert.deepEqual(Buffer.from(await content.arrayBuffer()), pdf);
    assert.equal((await client.beta.files.delete(file.id)).type, 'file_deleted');
    await assert.rejects(ask(file.id), { status: 400 });
  });
});
