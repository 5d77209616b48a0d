// Batches and files with both majors of Anthropic's client.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import Anthropic, { toFile } from '@anthropic-ai/sdk';
import OldAnthropic from 'anthropic-sdk-old';

import { FilesUpstream } from '../support/files_upstream.mjs';
import { Gateway, ask } from '../support/gateway.mjs';

for (const [name, Client] of [['new', Anthropic], ['old', OldAnthropic]]) {
  describe(`batches and files with Anthropic's ${name} client`, () => {
    let gateway, upstream, client;
    before(async () => {
      [gateway, upstream] = [await Gateway.start(), await FilesUpstream.start()];
      await gateway.manage('POST', '/providers', {
        vendor: 'anthropic', name: 'an', base_url: upstream.url, api_key: 'sk-ant-upstream', private: true,
        verify: false,
      });
      client = new Client({
        baseURL: `${gateway.ready.proxy_url}/anthropic`,
        apiKey: gateway.ready.project_key,
        maxRetries: 0,
      });
    });
    after(async () => {
      upstream?.stop();
      await gateway?.stop();
    });

    it('makes a batch, sees it end, reads its results from this gateway and deletes it', async () => {
      const requests = [{
        custom_id: 'a', params: { model: 'claude-haiku-4-5', max_tokens: 20, messages: ask('Hi') },
      }];
      const batch = await client.messages.batches.create({ requests });
      assert.equal(batch.type, 'message_batch');
      const ids = [];
      for await (const one of client.messages.batches.list({ limit: 1 })) ids.push(one.id);
      assert.deepEqual(ids, [batch.id]);
      await assert.rejects(client.messages.batches.delete(batch.id), { status: 409 });
      upstream.complete(batch.id, [{
        custom_id: 'a',
        result: { type: 'succeeded', message: { model: 'claude-haiku-4-5', content: [],
                                                usage: { input_tokens: 8, output_tokens: 2 } } },
      }]);
      const ended = await client.messages.batches.retrieve(batch.id);
      assert.equal(ended.processing_status, 'ended');
      const results = [];
      for await (const one of await client.messages.batches.results(batch.id)) results.push(one);
      assert.equal(results[0].result.message.usage.output_tokens, 2);
      // Its cost may not be known for a moment: the client tries again by itself.
      const deleted = await client.withOptions({ maxRetries: 5 }).messages.batches.delete(batch.id);
      assert.equal(deleted.id, batch.id);
      const second = await client.messages.batches.create({ requests });
      assert.equal((await client.messages.batches.cancel(second.id)).processing_status, 'canceling');
    });

    it('uploads, shows, lists, reads and deletes files', async () => {
      const file = await client.beta.files.upload({ file: await toFile(Buffer.from('text'), 'a.txt') });
      assert.equal(file.type, 'file');
      assert.equal((await client.beta.files.retrieveMetadata(file.id)).filename, 'a.txt');
      const ids = [];
      for await (const one of client.beta.files.list()) ids.push(one.id);
      assert.deepEqual(ids, [file.id]);
      assert.equal(await (await client.beta.files.download(file.id)).text(), 'text');
      await client.beta.files.delete(file.id);
      await assert.rejects(client.beta.files.retrieveMetadata(file.id), { status: 404 });
    });
  });
}
