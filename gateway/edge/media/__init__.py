"""Files of messages: fetched after the event, so that a file can never cost the message.

``job`` what is to be fetched · ``queue`` jobs in Redis, until done · ``worker`` takes them and
reports · ``attempt`` one try at one file · ``fetch`` HTTP · ``address`` where HTTP may go ·
``sniff`` what the bytes are.
"""
