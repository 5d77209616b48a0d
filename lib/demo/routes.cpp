#include "demo/routes.h"

#include "demo/answer.h"
#include "demo/chat.h"
#include "demo/embeddings.h"
#include "demo/files.h"
#include "demo/models.h"

namespace penstock::demo {

std::vector<http::Route> demoRoutes(const Clock& clock) {
  std::vector<http::Route> routes = {
      {"POST", "/v1/chat/completions",
       [&clock](const http::ExchangePtr& exchange) { answerChat(clock, exchange); }},
      {"POST", "/v1/embeddings", answerEmbeddings},
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
