// Embeddings with Google's client: of the built-in provider, which speaks OpenAI's dialect, and of
// one that speaks Google's.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, describe, it } from 'node:test';

import { ApiError, GoogleGenAI } from '@google/genai';

import { Gateway } from '../support/gateway.mjs';

describe('embeddings with the Google client', () => {
  let gateway, client, google;
  const asked = [];
  before(async () => {
    google = createServer(async (request, response) => {
      const body = JSON.parse(Buffer.concat(await request.toArray()));
      asked.push({ url: request.url, body });
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ embeddings: body.requests.map((_, i) => ({ values: [i, 0.5] })) }));
    }).listen(0, '127.0.0.1');
    await once(google, 'listening');
    gateway = await Gateway.start();
    client = new GoogleGenAI({
      apiKey: gateway.ready.project_key, httpOptions: { baseUrl: gateway.ready.proxy_url },
    });
  });
  after(async () => {
    await gateway?.stop();
    google.closeAllConnections();
    google.close();
  });

  it('embeds texts with a provider of another dialect', async () => {
    const { embeddings } = await client.models.embedContent({
      model: 'demo/demo-embedding', contents: ['Hello', 'Bonjour', 'Hello'],
      config: { outputDimensionality: 8 },
    });
    assert.equal(embeddings.length, 3);
    assert.equal(embeddings[0].values.length, 8);
    assert.deepEqual(embeddings[0].values, embeddings[2].values);
    assert.notDeepEqual(embeddings[0].values, embeddings[1].values);
  });

  it('embeds with a provider of Google', async () => {
    await gateway.manage('POST', '/providers', {
      verify: false, private: true, api_key: 'AIza-1234567890', name: 'goo', vendor: 'google',
      base_url: `http://127.0.0.1:${google.address().port}`,
    });
    const { embeddings } = await client.models.embedContent({
      model: 'goo/gemini-embedding-001', contents: ['a', 'b'],
      config: { taskType: 'RETRIEVAL_DOCUMENT', title: 'T' },
    });
    assert.deepEqual(embeddings.map(({ values }) => values), [[0, 0.5], [1, 0.5]]);
    assert.equal(asked.at(-1).url, '/v1beta/models/gemini-embedding-001:batchEmbedContents');
    const [first] = asked.at(-1).body.requests;
    assert.equal(first.model, 'models/gemini-embedding-001');
    assert.equal(first.taskType, 'RETRIEVAL_DOCUMENT');
    assert.equal(first.content.parts[0].text, 'a');
  });

  it('gets errors with their status', async () => {
    await assert.rejects(
      client.models.embedContent({ model: 'nobody/nothing', contents: 'a' }),
      (error) => error instanceof ApiError && error.status >= 400);
    await assert.rejects(
      client.models.embedContent({ model: 'demo/demo-embedding', contents: 'a',
                                   config: { outputDimensionality: 0 } }),
      (error) => error instanceof ApiError && error.status === 400 &&
        /outputDimensionality/.test(error.message));
  });
});
