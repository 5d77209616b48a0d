import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Gateway, ask } from '../support/gateway.mjs';

describe('chat completions with the openai client', () => {
  let gateway, client;
  before(async () => {
    gateway = await Gateway.start();
    client = gateway.client();
  });
  after(() => gateway?.stop());

  for (const model of ['@default', 'demo/demo-chat']) {
    it(`answers ${model}`, async () => {
      const answer = await client.chat.completions.create({ model, messages: ask('Hello there') });
      assert.equal(answer.object, 'chat.completion');
      assert.equal(answer.model, 'demo-chat');
      assert.equal(answer.choices.length, 1);
      assert.equal(answer.choices[0].message.role, 'assistant');
      assert.match(answer.choices[0].message.content, /Hello there/);
      assert.equal(answer.choices[0].finish_reason, 'stop');
      assert.ok(answer.usage.prompt_tokens > 0);
      assert.ok(answer.usage.completion_tokens > 0);
      assert.equal(answer.usage.total_tokens,
        answer.usage.prompt_tokens + answer.usage.completion_tokens);
    });
  }

  it('answers under /openai/v1 too', async () => {
    const other = gateway.client({ base: '/openai/v1' });
    const answer = await other.chat.completions.create({ model: '@default', messages: ask('Hi') });
    assert.match(answer.choices[0].message.content, /Hi/);
  });

  it('has visible text even with five tokens, and says that it was cut', async () => {
    const answer = await client.chat.completions.create({
      model: '@default', messages: ask('Hi'), max_tokens: 5,
    });
    assert.ok(answer.choices[0].message.content.trim().length > 0);
    assert.equal(answer.choices[0].finish_reason, 'length');
    assert.equal(answer.usage.completion_tokens, 5);
  });

  it('answers the same request with the same text', async () => {
    const request = { model: '@default', messages: ask('Again and again') };
    const first = await client.chat.completions.create(request);
    const second = await client.chat.completions.create(request);
    assert.equal(first.choices[0].message.content, second.choices[0].message.content);
    assert.notEqual(first.id, second.id);
  });

  it('answers with several choices', async () => {
    const answer = await client.chat.completions.create({
      model: '@default', messages: ask('Hi'), n: 3,
    });
    assert.deepEqual(answer.choices.map((choice) => choice.index), [0, 1, 2]);
  });

  it('stops at a stop sequence', async () => {
    const answer = await client.chat.completions.create({
      model: '@default', messages: ask('one STOP two'), stop: ['STOP'],
    });
    assert.doesNotMatch(answer.choices[0].message.content, /STOP/);
    assert.equal(answer.choices[0].finish_reason, 'stop');
  });

  it('takes pictures', async () => {
    const pixel =
      'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=';
    const answer = await client.chat.completions.create({
      model: '@default',
      messages: [{
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: pixel } },
        ],
      }],
    });
    assert.match(answer.choices[0].message.content, /1 image/);
  });

  it('carries text of every script unharmed', async () => {
    const text = 'naïve 水力発電 🌊 "quoted" \\ and\ttab';
    const answer = await client.chat.completions.create({ model: '@default', messages: ask(text) });
    assert.ok(answer.choices[0].message.content.includes(text));
  });

  it('takes a long conversation', async () => {
    const messages = Array.from({ length: 200 }, (_, i) => ({
      role: i % 2 ? 'assistant' : 'user', content: `turn ${i} `.repeat(100),
    })).concat(ask('The end?'));
    const answer = await client.chat.completions.create({ model: '@default', messages });
    assert.match(answer.choices[0].message.content, /The end\?/);
    assert.ok(answer.usage.prompt_tokens > 20_000);
  });
});
