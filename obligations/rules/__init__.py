"""The pure rules: facts in, duties with dates and their derivations out. Imports no Django."""
