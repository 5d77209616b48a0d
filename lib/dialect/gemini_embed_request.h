#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dialect/chat_view.h"
#include "dialect/embeddings.h"
#include "dialect/gemini_request.h"
#include "json/kind.h"
#include "json/splice.h"

namespace penstock::dialect {

// What policy needs of a body of Gemini's embedContent or batchEmbedContents; the rest stays in the
// caller's bytes, unread.
//
//   {"content":{"parts":[{"text":"…"}]},"taskType":"RETRIEVAL_DOCUMENT","title":"…",
//    "outputDimensionality":256,"mlx:tags":{"team":"ml"}}
//   {"requests":[{"model":"models/gemini-embedding-001","content":{…},…}],"mlx:tags":{…}}
//
// `content` is the content, or the requests. Names may be snake_case.
struct GeminiEmbedRequest final : ChatView {
  bool batch = false;
  std::vector<json::ObjectIndex> requests;  // of a batch; of one request it is `body`

  size_t size() const { return batch ? requests.size() : 1; }
  const json::ObjectIndex& at(size_t i) const { return batch ? requests[i] : body; }

  bool hasImages() const override;
  bool wantsJsonSchema() const override { return false; }
  bool wantsJson() const override { return false; }
  // By the rules of gemini_input.h.
  InputBound boundInput() const override;
  int64_t estimateInputTokens() const override;
  bool wantsAudio() const override { return false; }
  bool wantsImages() const override { return false; }
  bool searchesWeb() const override { return false; }
};

// Parse a request body. Errors as parseOpenAiChat()'s, of a batch with the place of the request
// ("requests.3.content"). A request may name no other model than the path does. A batch has at most
// 2,048 requests.
Result<GeminiEmbedRequest> parseGeminiEmbeddings(std::string_view text, const GeminiPath& path,
                                                 const json::Limits& limits = {});

// The body for a provider of the same dialect: the caller's bytes with the model replaced where it
// is named, and given where a batch does not name it, every mlx:* member removed and, with
// `dimensions`, these asked for whatever the caller asked for.
json::Spliced encodeGeminiEmbeddings(const GeminiEmbedRequest& request, std::string_view model,
                                     std::optional<int64_t> dimensions);

// The request as the typed model: parts of a content are paragraphs of one text. Errors are
// InvalidRequest at the field: content without a text, or with anything but texts; lengths of
// vectors that differ within a batch, for which others have no place.
Result<EmbeddingRequest> readGeminiEmbeddings(const GeminiEmbedRequest& request);

}  // namespace penstock::dialect
