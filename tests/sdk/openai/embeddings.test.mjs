import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Gateway } from '../support/gateway.mjs';

const length = (vector) => Math.sqrt(vector.reduce((sum, x) => sum + x * x, 0));
const cosine = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);

describe('embeddings with the openai client', () => {
  let gateway, client;
  before(async () => {
    gateway = await Gateway.start();
    client = gateway.client();
  });
  after(() => gateway?.stop());

  const embed = async (input, more = {}) =>
    client.embeddings.create({ model: 'demo/demo-embedding', input, ...more });

  it('answers one text with one unit vector (the client asks for base64 by itself)', async () => {
    const answer = await embed('water turns the wheel');
    assert.equal(answer.object, 'list');
    assert.equal(answer.data.length, 1);
    assert.ok(answer.data[0].embedding.length > 0);
    assert.ok(Math.abs(length(answer.data[0].embedding) - 1) < 1e-3);
    assert.ok(answer.usage.prompt_tokens > 0);
    assert.equal(answer.usage.total_tokens, answer.usage.prompt_tokens);
  });

  it('answers with numbers when asked, the same ones', async () => {
    const packed = (await embed('same text')).data[0].embedding;
    const plain = (await embed('same text', { encoding_format: 'float' })).data[0].embedding;
    assert.equal(plain.length, packed.length);
    plain.forEach((x, i) => assert.ok(Math.abs(x - packed[i]) < 1e-6));
  });

  it('answers several texts in order, near texts with near vectors', async () => {
    const { data } = await embed(['a red apple', 'a green apple', 'quarterly tax filing']);
    assert.deepEqual(data.map((item) => item.index), [0, 1, 2]);
    const [red, green, tax] = data.map((item) => item.embedding);
    assert.ok(cosine(red, green) > cosine(red, tax));
  });

  it('has the dimensions asked for', async () => {
    assert.equal((await embed('x', { dimensions: 64 })).data[0].embedding.length, 64);
  });

  it('takes token arrays', async () => {
    assert.equal((await embed([[1, 2, 3], [4]])).data.length, 2);
    assert.equal((await embed([1, 2, 3])).usage.prompt_tokens, 3);
  });

  it('refuses a missing input by name', async () => {
    await assert.rejects(client.embeddings.create({ model: 'demo/demo-embedding' }),
                         { status: 400, message: /input/ });
  });
});
