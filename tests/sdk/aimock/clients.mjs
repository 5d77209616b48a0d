// Four official clients, each asked the same things; each answers in one shape:
// { text, calls: [{ name, args }], output } (output: tokens).
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import OpenAI from 'openai';

const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const name = 'get_weather';
const description = 'The weather of a city';

function chat(ready) {
  const client = new OpenAI({ baseURL: `${ready.proxy_url}/v1`, apiKey: ready.project_key, maxRetries: 0 });
  const request = (model, prompt, tools) => ({
    model,
    messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: prompt }],
    ...(tools && { tools: [{ type: 'function', function: { name, description, parameters: schema } }] }),
  });
  const shape = ({ choices: [{ message }], usage }) => ({
    text: message.content ?? '',
    calls: (message.tool_calls ?? []).map((call) => ({
      name: call.function.name, args: JSON.parse(call.function.arguments),
    })),
    output: usage.completion_tokens,
  });
  return {
    whole: async (...asked) => shape(await client.chat.completions.create(request(...asked))),
    stream: async (...asked) => {
      const runner = client.chat.completions.stream(
        { ...request(...asked), stream_options: { include_usage: true } });
      return shape(await runner.finalChatCompletion());
    },
  };
}

function responses(ready) {
  const client = new OpenAI({ baseURL: `${ready.proxy_url}/v1`, apiKey: ready.project_key, maxRetries: 0 });
  const request = (model, prompt, tools) => ({
    model, instructions: 'Be brief.', input: prompt,
    ...(tools && { tools: [{ type: 'function', name, description, parameters: schema, strict: false }] }),
  });
  const shape = ({ output, usage }) => ({
    text: output.filter((item) => item.type === 'message')
      .flatMap((item) => item.content.map((part) => part.text)).join(''),
    calls: output.filter((item) => item.type === 'function_call')
      .map((item) => ({ name: item.name, args: JSON.parse(item.arguments) })),
    output: usage.output_tokens,
  });
  return {
    whole: async (...asked) => shape(await client.responses.create(request(...asked))),
    stream: async (...asked) => shape(await client.responses.stream(request(...asked)).finalResponse()),
  };
}

function messages(ready) {
  const client = new Anthropic({
    baseURL: `${ready.proxy_url}/anthropic`, apiKey: ready.project_key, maxRetries: 0,
  });
  const request = (model, prompt, tools) => ({
    model, max_tokens: 200, system: 'Be brief.', messages: [{ role: 'user', content: prompt }],
    ...(tools && { tools: [{ name, description, input_schema: schema }] }),
  });
  const shape = ({ content, usage }) => ({
    text: content.filter((block) => block.type === 'text').map((block) => block.text).join(''),
    calls: content.filter((block) => block.type === 'tool_use')
      .map((block) => ({ name: block.name, args: block.input })),
    output: usage.output_tokens,
  });
  return {
    whole: async (...asked) => shape(await client.messages.create(request(...asked))),
    stream: async (...asked) => shape(await client.messages.stream(request(...asked)).finalMessage()),
  };
}

function gemini(ready) {
  const client = new GoogleGenAI({
    apiKey: ready.project_key, httpOptions: { baseUrl: ready.proxy_url },
  });
  const request = (model, prompt, tools) => ({
    model, contents: prompt,
    config: {
      systemInstruction: 'Be brief.',
      ...(tools && {
        tools: [{ functionDeclarations: [{ name, description, parametersJsonSchema: schema }] }],
      }),
    },
  });
  const partsOf = (answer) => answer.candidates?.[0]?.content?.parts ?? [];
  const shape = (parts, usage) => ({
    text: parts.map((part) => part.text ?? '').join(''),
    calls: parts.filter((part) => part.functionCall)
      .map(({ functionCall }) => ({ name: functionCall.name, args: functionCall.args })),
    output: usage.candidatesTokenCount,
  });
  return {
    whole: async (...asked) => {
      const answer = await client.models.generateContent(request(...asked));
      return shape(partsOf(answer), answer.usageMetadata);
    },
    stream: async (...asked) => {
      const parts = [];
      let usage, finish;
      for await (const chunk of await client.models.generateContentStream(request(...asked))) {
        parts.push(...partsOf(chunk));
        usage = chunk.usageMetadata ?? usage;
        finish = chunk.candidates?.[0]?.finishReason ?? finish;
      }
      // This client takes any end of the body for the end of the answer.
      if (!finish) throw new Error('the stream ended early');
      return shape(parts, usage);
    },
  };
}

export const clients = { chat, responses, messages, gemini };
