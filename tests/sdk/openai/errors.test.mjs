import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import OpenAI from 'openai';

import { Gateway, ask } from '../support/gateway.mjs';

describe('errors with the openai client', () => {
  let gateway, client;
  before(async () => {
    gateway = await Gateway.start();
    client = gateway.client();
  });
  after(() => gateway?.stop());

  const chat = (request, options, by = client) =>
    by.chat.completions.create({ model: '@default', messages: ask('Hi'), ...request }, options);

  it('a wrong key is an AuthenticationError', async () => {
    for (const apiKey of ['mlx_sk_wrong', 'nonsense', gateway.ready.management_key]) {
      const error = await chat({}, {}, gateway.client({ apiKey })).catch((e) => e);
      assert.ok(error instanceof OpenAI.AuthenticationError, apiKey);
      assert.equal(error.status, 401);
      assert.equal(error.code, 'invalid_api_key');
      assert.equal(error.type, 'authentication_error');
    }
  });

  it('a wrong key is tried once only', async () => {
    let tries = 0;
    const counted = gateway.client({
      apiKey: 'mlx_sk_wrong',
      maxRetries: 2,
      fetch: (...args) => (++tries, fetch(...args)),
    });
    await assert.rejects(chat({}, {}, counted), { status: 401 });
    assert.equal(tries, 1);
  });

  it('an unknown model is named', async () => {
    for (const model of ['no-such-model', '@no-such-config', 'nobody/no-such-model']) {
      const error = await chat({ model }).catch((e) => e);
      assert.ok(error instanceof OpenAI.NotFoundError || error instanceof OpenAI.BadRequestError,
                `${model}: ${error}`);
      assert.match(error.message, /no-such-/, model);
      assert.ok(error.code, model);
    }
  });

  it('missing messages are a BadRequestError that names them', async () => {
    const error = await client.chat.completions.create({ model: '@default' }).catch((e) => e);
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.match(error.message, /messages/);
    assert.equal(error.type, 'invalid_request_error');
    assert.equal(error.code, 'missing_field');
  });

  it('fields of the wrong type are a BadRequestError that names them', async () => {
    for (const [field, value] of [['messages', 'Hi'], ['max_tokens', 'many'], ['stream', 'yes']]) {
      const error = await chat({ [field]: value }).catch((e) => e);
      assert.ok(error instanceof OpenAI.BadRequestError, `${field}: ${error}`);
      assert.match(error.message, new RegExp(field));
    }
  });

  it("an error of the provider keeps its status and its type", async () => {
    await assert.rejects(chat({ model: 'demo/demo-chat:status=422' }), (error) =>
      error instanceof OpenAI.UnprocessableEntityError);
    const busy = await chat({ model: 'demo/demo-chat:status=429,retry-after=3' }).catch((e) => e);
    assert.ok(busy instanceof OpenAI.RateLimitError);
    assert.equal(busy.headers.get('retry-after'), '3');
  });

  it('rubbish from the provider is a 502, not a crash', async () => {
    await assert.rejects(chat({ model: 'demo/demo-chat:garbage' }), { status: 502 });
    await assert.rejects(chat({ model: 'demo/demo-chat:cut=1' }), { status: 502 });
  });

  it("a client's own timeout fires, and the gateway goes on", async () => {
    const slow = chat({ model: 'demo/demo-chat:latency=5000' }, { timeout: 200 });
    await assert.rejects(slow, (error) => error instanceof OpenAI.APIConnectionTimeoutError);
    assert.ok((await chat()).choices[0].message.content);
  });

  it("a client's own abort ends a request that waits", async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 100);
    await assert.rejects(
      chat({ model: 'demo/demo-chat:latency=5000' }, { signal: abort.signal }),
      (error) => error instanceof OpenAI.APIUserAbortError);
  });

  it('too many requests are a RateLimitError that says when to come back', async () => {
    const { data } = await gateway.manage('GET', '/projects');
    const made = await gateway.manage('POST', '/api-keys', {
      project_id: data[0].id, name: 'slow lane', rate_limit_rpm: 2,
    });
    const limited = gateway.client({ apiKey: made.data.key });
    const results = await Promise.all(
      Array.from({ length: 6 }, () => chat({}, {}, limited).catch((e) => e)));
    const refused = results.filter((result) => result instanceof OpenAI.RateLimitError);
    assert.ok(refused.length >= 3 && refused.length < 6, `${refused.length} of 6 were refused`);
    for (const error of refused) {
      assert.equal(error.code, 'rate_limit_exceeded');
      assert.match(error.headers.get('retry-after'), /^[1-9][0-9]*$/);
      assert.equal(error.headers.get('x-ratelimit-limit-requests'), '2');
    }
  });

  it('a revoked key is refused at once', async () => {
    const { data } = await gateway.manage('GET', '/projects');
    const made = await gateway.manage('POST', '/api-keys', { project_id: data[0].id, name: 'brief' });
    const brief = gateway.client({ apiKey: made.data.key });
    assert.ok((await chat({}, {}, brief)).id);
    await gateway.manage('DELETE', `/api-keys/${made.data.id}`);
    await assert.rejects(chat({}, {}, brief), { status: 401 });
  });
});
