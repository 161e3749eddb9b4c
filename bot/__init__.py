"""Signpost: which company helps with which OnyxCeph problem."""
