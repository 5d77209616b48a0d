import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Gateway, ask } from '../support/gateway.mjs';

const kUuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('what the gateway says about an answer', () => {
  let gateway, client;
  before(async () => {
    gateway = await Gateway.start();
    client = gateway.client();
  });
  after(() => gateway?.stop());

  const chat = (request = {}, options = {}) =>
    client.chat.completions
      .create({ model: '@default', messages: ask('Hi'), ...request }, options)
      .withResponse();

  for (const stream of [false, true]) {
    it(`is on the head of ${stream ? 'a stream' : 'a whole answer'}`, async () => {
      const { response, data } = await chat({ stream });
      assert.match(response.headers.get('x-modelux-request-id'), kUuid);
      assert.equal(response.headers.get('x-modelux-provider-used'), 'demo');
      assert.equal(response.headers.get('x-modelux-model-used'), 'demo-chat');
      assert.equal(response.headers.get('x-modelux-cache'), 'MISS');
      if (stream) for await (const _ of data);
    });
  }

  it('leaves no member of its own in the body', async () => {
    const { data } = await chat({ 'mlx:tags': { team: 'ml' } });
    assert.deepEqual(Object.keys(data).filter((key) => /^(mlx|modelux|penstock)/.test(key)), []);
  });

  it('keeps tags and end user from the body in the log', async () => {
    const { response } = await chat({ 'mlx:tags': { team: 'ml', env: 'test' },
                                      'mlx:end_user': 'ann' });
    const row = await gateway.logRow(response.headers.get('x-modelux-request-id'));
    assert.deepEqual(row.tags, { team: 'ml', env: 'test' });
    assert.equal(row.end_user, 'ann');
    assert.equal(row.requested_model, '@default');
    assert.equal(row.provider, 'demo');
    assert.equal(row.status, 200);
  });

  it('keeps tags and end user from headers in the log, which win', async () => {
    const { response } = await chat({ 'mlx:tags': { team: 'ml' }, user: 'body' }, {
      headers: { 'X-Modelux-User-Tags': 'team=ops,env=prod', 'X-Modelux-User-Id': 'bob',
                 'X-Modelux-Trace-Id': 'trace-7' },
    });
    const row = await gateway.logRow(response.headers.get('x-modelux-request-id'));
    assert.deepEqual(row.tags, { team: 'ops', env: 'prod' });
    assert.equal(row.end_user, 'bob');
    assert.equal(row.trace_id, 'trace-7');
  });

  it('counts the tokens of the log as the provider reported them', async () => {
    const { data, response } = await chat({ max_tokens: 9 });
    const row = await gateway.logRow(response.headers.get('x-modelux-request-id'));
    assert.equal(row.input_tokens, data.usage.prompt_tokens);
    assert.equal(row.output_tokens, 9);
  });

  it('explains a decision when asked, in the body', async () => {
    const { data } = await chat({ 'mlx:trace': true });
    assert.equal(typeof data['mlx:trace'], 'object');
  });

  it('decides without calling anybody in a dry run', async () => {
    const { data, response } = await chat({}, { headers: { 'X-Modelux-Dry-Run': 'true' } });
    assert.equal(data['mlx:dry_run'], true);
    assert.equal(data.choices[0].message.content, '');
    assert.equal(data.usage.total_tokens, 0);
    assert.equal(response.headers.get('x-modelux-provider-used'), 'demo');
  });
});
