// Batches of messages that the gateway executes itself, by a provider of OpenAI's dialect.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import Anthropic from '@anthropic-ai/sdk';
import OldAnthropic from 'anthropic-sdk-old';

import { ChatUpstream, until } from '../support/chat_upstream.mjs';
import { Gateway, ask } from '../support/gateway.mjs';

for (const [name, Client] of [['new', Anthropic], ['old', OldAnthropic]]) {
  describe(`batches with Anthropic's ${name} client before a provider without batches`, () => {
    let gateway, upstream, client;
    before(async () => {
      [gateway, upstream] = [await Gateway.start(), await ChatUpstream.start()];
      await gateway.manage('POST', '/providers', {
        vendor: 'vllm', name: 'up', base_url: upstream.url, private: true, verify: false,
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

    it('makes a batch, sees it end, reads its results and deletes it', async () => {
      const params = { model: 'up/m', max_tokens: 20, messages: ask('Hello') };
      const batch = await client.messages.batches.create({
        requests: [{ custom_id: 'good', params }, { custom_id: 'bad', params: { ...params, stream: true } }],
      });
      assert.equal(batch.type, 'message_batch');
      assert.equal(batch.request_counts.processing, 2);
      const ended = await until(() => client.messages.batches.retrieve(batch.id),
        ({ processing_status }) => processing_status === 'ended');
      assert.deepEqual(ended.request_counts,
        { processing: 0, succeeded: 1, errored: 1, canceled: 0, expired: 0 });
      const results = {};
      for await (const one of await client.messages.batches.results(batch.id)) results[one.custom_id] = one.result;
      assert.equal(results.good.type, 'succeeded');
      assert.equal(results.good.message.content[0].text, 'Hello');
      assert.equal(results.good.message.usage.output_tokens, 2);
      assert.equal(results.bad.type, 'errored');
      assert.equal(results.bad.error.error.type, 'invalid_request_error');
      await assert.rejects(client.messages.batches.cancel(batch.id), { status: 409 });
      assert.equal((await client.messages.batches.delete(batch.id)).type, 'message_batch_deleted');
      await assert.rejects(client.messages.batches.retrieve(batch.id), { status: 404 });
    });

    it('names the request that is none', async () => {
      await assert.rejects(client.messages.batches.create({ requests: [{ custom_id: 'a b', params: {} }] }),
        { status: 400 });
    });
  });
}
