#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <stdexcept>
#include <string>

#include "support/temp_dir.h"

namespace penstock::test {

// A self-signed certificate and its key in PEM files, for `names` ("DNS:localhost,IP:127.0.0.1").
class TlsFiles {
 public:
  explicit TlsFiles(const std::string& names = "DNS:localhost,IP:127.0.0.1") {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    add(certificate, NID_subject_alt_name, names);
    add(certificate, NID_basic_constraints, "critical,CA:TRUE");
    if (X509_sign(certificate, key, EVP_sha256()) == 0) throw std::runtime_error("X509_sign");
    write(certificateFile(), [&](FILE* file) { return PEM_write_X509(file, certificate); });
    write(keyFile(), [&](FILE* file) {
      return PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    });
    X509_free(certificate);
    EVP_PKEY_free(key);
  }

  std::string certificateFile() const { return folder_ / "certificate.pem"; }
  std::string keyFile() const { return folder_ / "key.pem"; }

 private:
  static void add(X509* certificate, int kind, const std::string& value) {
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value.c_str());
    if (extension == nullptr) throw std::runtime_error("X509V3_EXT_conf_nid");
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
  template <typename Writer>
  static void write(const std::string& path, Writer writer) {
    FILE* file = std::fopen(path.c_str(), "w");
    if (file == nullptr || writer(file) != 1) throw std::runtime_error("cannot write " + path);
    std::fclose(file);
  }

  TempDir folder_;
};

}  // namespace penstock::test
