"""How good is it? The paper's measures (§4.1, appendix): FCN-score, colour histograms, real or fake."""
