"""Pages of the docs that commands write. In: the code and studies. Out: pages and pictures under ``docs``."""
