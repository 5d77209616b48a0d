#include "demo/routes.h"

#include "demo/answer.h"
#include "demo/chat.h"
#include "demo/embeddings.h"
#include "demo/files.h"
#include "demo/images.h"
#include "demo/models.h"
#include "demo/moderations.h"
#include "demo/speech.h"
#include "demo/transcriptions.h"

namespace penstock::demo {

std::vector<http::Route> demoRoutes(const Clock& clock) {
  std::vector<http::Route> routes = {
      {"POST", "/v1/chat/completions",
       [&clock](const http::ExchangePtr& exchange) { answerChat(clock, exchange); }},
      {"POST", "/v1/embeddings", answerEmbeddings},
      {"POST", "/v1/moderations", answerModeration},
      {"POST", "/v1/images/generations", answerImageGeneration},
      {"POST", "/v1/images/edits", answerImageEdit},
      {"POST", "/v1/images/variations", answerImageVariation},
      {"POST", "/v1/audio/speech", answerSpeech},
      {"POST", "/v1/audio/transcriptions", answerTranscription},
      {"POST", "/v1/audio/translations", answerTranslation},
      {"GET", "/v1/models", answerModelList},
      {"GET", "/v1/models/{id}", answerModel},
  };
  for (http::Route& route : fileRoutes(std::make_shared<Shelf>(clock)))
    routes.push_back(std::move(route));
  return routes;
}

http::Response renderDemoError(const http::Request&, const ApiError& error) {
  return errorAnswer(error);
}

}  // namespace penstock::demo
