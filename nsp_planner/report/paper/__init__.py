"""Documents that read the same on a page and on paper. In: templates, plain data, pictures. Out: HTML and PDF/UA."""
