import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import OpenAI from 'openai';

import { Gateway, ask, collect } from '../support/gateway.mjs';

describe('streams with the openai client', () => {
  let gateway, client;
  before(async () => {
    gateway = await Gateway.start();
    client = gateway.client();
  });
  after(() => gateway?.stop());

  const stream = (request, options) =>
    client.chat.completions.create({ model: '@default', messages: ask('Tell me'), ...request,
                                     stream: true }, options);

  it('assembles to the text of the whole answer', async () => {
    const whole = await client.chat.completions.create({ model: '@default',
                                                         messages: ask('Tell me') });
    const { chunks, text } = await collect(await stream());
    assert.equal(text, whole.choices[0].message.content);
    assert.equal(chunks[0].choices[0].delta.role, 'assistant');
    assert.equal(chunks.at(-1).choices[0].finish_reason, 'stop');
    assert.ok(chunks.every((chunk) => chunk.object === 'chat.completion.chunk'));
    assert.equal(new Set(chunks.map((chunk) => chunk.id)).size, 1);
  });

  it('has a choice in every chunk and no usage when nobody asked for it', async () => {
    const { chunks } = await collect(await stream());
    assert.ok(chunks.every((chunk) => chunk.choices.length === 1));
    assert.ok(chunks.every((chunk) => chunk.usage == null));
  });

  it('ends with exactly one usage chunk when asked', async () => {
    const { chunks } = await collect(await stream({ stream_options: { include_usage: true } }));
    const reports = chunks.filter((chunk) => chunk.usage);
    assert.equal(reports.length, 1);
    assert.equal(reports[0], chunks.at(-1));
    assert.deepEqual(reports[0].choices, []);
    const words = chunks.filter((chunk) => chunk.choices[0]?.delta?.content);
    assert.equal(reports[0].usage.completion_tokens, words.length);
  });

  it('meters a stream even when the caller did not ask for usage', async () => {
    const { data, response } = await stream({ max_tokens: 7 }).withResponse();
    await collect(data);
    const row = await gateway.logRow(response.headers.get('x-modelux-request-id'));
    assert.equal(row.output_tokens, 7);
    assert.equal(row.stream, true);
    assert.equal(row.status, 200);
  });

  it('delivers chunks as they are made', async () => {
    const started = performance.now();
    const times = [];
    for await (const _ of await stream({ model: 'demo/demo-chat:pace=20,tokens=60' })) {
      times.push(performance.now() - started);
    }
    assert.ok(times.at(-1) >= 1100, `60 tokens at 20 ms took ${times.at(-1)} ms`);
    assert.ok(times[0] < times.at(-1) / 2, `the first chunk came after ${times[0]} ms`);
  });

  it('works with the helper of the client', async () => {
    const runner = client.chat.completions.stream({ model: '@default', messages: ask('Hello') });
    const final = await runner.finalChatCompletion();
    assert.match(final.choices[0].message.content, /Hello/);
  });

  it('keeps several choices apart', async () => {
    const { chunks } = await collect(await stream({ n: 2, max_tokens: 3 }));
    assert.deepEqual([...new Set(chunks.map((chunk) => chunk.choices[0].index))], [0, 1]);
  });

  it('survives that a client aborts, and logs it as 499', async () => {
    const abort = new AbortController();
    const { data, response } = await stream(
      { model: 'demo/demo-chat:pace=20,tokens=10000' }, { signal: abort.signal }).withResponse();
    let seen = 0;
    for await (const _ of data) if (++seen === 3) abort.abort();
    assert.ok(seen >= 3 && seen < 100);
    const row = await gateway.logRow(response.headers.get('x-modelux-request-id'));
    assert.equal(row.status, 499);
    assert.ok(row.output_tokens >= 2 && row.output_tokens < 200,
              `${row.output_tokens} tokens for ${seen} chunks`);
    const { text } = await collect(await stream());
    assert.ok(text.length > 0);
  });

  it('reports a provider that breaks off in mid-stream as an error, not as an end', async () => {
    const seen = [];
    await assert.rejects(async () => {
      for await (const chunk of await stream({ model: 'demo/demo-chat:cut=5' })) seen.push(chunk);
    }, (error) => error instanceof OpenAI.APIError && error.message.length > 0);
    assert.ok(seen.length > 0);
  });

  it('reports a provider that breaks off before its first word by status', async () => {
    await assert.rejects(stream({ model: 'demo/demo-chat:cut=0' }), { status: 502 });
  });

  it("passes a provider's error in mid-stream on", async () => {
    await assert.rejects(collect(await stream({ model: 'demo/demo-chat:error=5' })),
                         (error) => error instanceof OpenAI.APIError);
  });
});
