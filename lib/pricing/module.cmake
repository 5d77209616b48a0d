penstock_embed(penstock_pricing price_tables
  ${root}/pricing/catalogue/overrides.tsv ${root}/pricing/catalogue/prices.tsv)
