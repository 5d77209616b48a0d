#include "http/worker_pool.h"

#include <exception>

#include "http/loop.h"

namespace penstock::http {

WorkerPool::WorkerPool(size_t threads, size_t queue_limit) : queue_limit_(queue_limit) {
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

WorkerPool::~WorkerPool() {
  queue_.lock()->stopping = true;
  wake_.notify_all();
}

bool WorkerPool::submit(std::function<void()> task) {
  {
    auto queue = queue_.lock();
    if (queue->stopping || queue->tasks.size() >= queue_limit_) return false;
    queue->tasks.push_back(std::move(task));
  }
  wake_.notify_one();
  return true;
}

void WorkerPool::run() {
  while (true) {
    std::function<void()> task;
    {
      auto queue = queue_.lock();
      queue.wait(wake_, [&] { return queue->stopping || !queue->tasks.empty(); });
      if (queue->stopping) return;
      task = std::move(queue->tasks.front());
      queue->tasks.pop_front();
    }
    task();
  }
}

namespace {

// The exchange goes to the pool and comes back: its last reference must drop on its own loop.
void answerOnPool(const ExchangePtr& exchange, const BlockingHandler& handler,
                  const ErrorRenderer& render_error, Logger& log) {
  Response response;
  try {
    response = handler(exchange->request());
  } catch (const std::exception& problem) {
    log.error("handler_failed", {{"path", std::string(exchange->request().path)}, {"what", problem.what()}});
    response = render_error(exchange->request(), internalError(problem.what()));
  }
  exchange->loop().post([exchange, response = std::move(response)] { exchange->respond(response); });
}

}  // namespace

Handler blocking(WorkerPool& pool, BlockingHandler handler, ErrorRenderer render_error, Logger& log) {
  return [&pool, &log, handler = std::move(handler), render_error = std::move(render_error)](const ExchangePtr& exchange) {
    // Moved through a holder, so that no copy is left behind on the pool's thread.
    auto holder = std::make_shared<ExchangePtr>(exchange);
    const bool taken = pool.submit([holder, &handler, &render_error, &log]() mutable {
      ExchangePtr mine = std::move(*holder);
      Loop& loop = mine->loop();
      answerOnPool(mine, handler, render_error, log);
      loop.post([mine = std::move(mine)] {});
    });
    if (taken) return;
    exchange->respond(render_error(exchange->request(), {ErrorKind::Overloaded, "overloaded",
                                                         "too many requests are waiting", {}, {}, {}, {}, 1000}));
  };
}

}  // namespace penstock::http
