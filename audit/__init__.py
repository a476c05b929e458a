"""`make audit`: external tools judge the templates, the policies, the code and the locks of this repository."""
