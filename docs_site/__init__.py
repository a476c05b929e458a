"""The documentation site: what MkDocs adds to the pages of docs/, and what is checked in the result."""
