#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "http/router.h"
#include "http/server.h"

namespace penstock {

// The demo provider as an in-process server: it listens nowhere, the upstream clients reach it over
// socket pairs on their own loops. Real HTTP on real sockets, without a port.
class DemoServer {
 public:
  DemoServer(std::vector<http::Loop*> loops, const Clock& clock);

  // For http::ClientOptions::connect_internal; on the loop's thread. Invalid for unknown names.
  http::Socket connect(const std::string& name, http::Loop& loop);
  void close() { server_.close(); }

 private:
  http::Router router_;
  http::Server server_;
};

}  // namespace penstock
