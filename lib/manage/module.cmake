penstock_embed(penstock_manage openapi_files
  ${CMAKE_SOURCE_DIR}/schema/openapi/manage.yaml ${CMAKE_SOURCE_DIR}/schema/openapi/proxy.yaml)
