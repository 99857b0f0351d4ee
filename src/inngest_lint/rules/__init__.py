"""The rules, one module each; a module is found because it is here."""
