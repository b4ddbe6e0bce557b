"""Everything that travels: events, contents and their values, as closed typed unions.

``contact`` who · ``content`` what a message carries · ``media`` files · ``message`` the message
around a content · ``status`` what became of an outbound one · ``outbound`` what is asked of us ·
``event`` the union that goes onto the streams · ``identity`` how ids are made.
"""
