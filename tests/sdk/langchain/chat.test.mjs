// LangChain's OpenAI integration, against the built-in provider.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai';

import { Gateway } from '../support/gateway.mjs';

describe('chats with LangChain', () => {
  let gateway, options;
  before(async () => {
    gateway = await Gateway.start();
    options = {
      apiKey: gateway.ready.project_key,
      configuration: { baseURL: `${gateway.ready.proxy_url}/v1` },
      maxRetries: 0,
    };
  });
  after(() => gateway?.stop());

  const chat = (more) => new ChatOpenAI({ model: '@default', ...options, ...more });

  it('invokes with usage', async () => {
    const message = await chat().invoke('Hello');
    assert.match(message.content, /Hello/);
    assert.ok(message.usage_metadata.input_tokens > 0);
    assert.ok(message.usage_metadata.output_tokens > 0);
  });

  it('streams to the same text', async () => {
    const { content } = await chat().invoke('Hello');
    let streamed = '';
    for await (const chunk of await chat().stream('Hello')) streamed += chunk.content;
    assert.equal(streamed, content);
  });

  it('binds tools', async () => {
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    const bound = chat().bindTools(
      [{ type: 'function', function: { name: 'weather', description: 'Of a city',
                                       parameters: schema } }],
      { tool_choice: 'weather' });
    const { tool_calls: [call] } = await bound.invoke('Hello');
    assert.equal(call.name, 'weather');
    assert.equal(typeof call.args.city, 'string');
  });

  it('embeds', async () => {
    const embeddings = new OpenAIEmbeddings({ model: 'demo/demo-embedding', ...options });
    const [one, two] = await embeddings.embedDocuments(['one', 'two']);
    assert.equal(one.length, two.length);
    assert.notDeepEqual(one, two);
  });
});
