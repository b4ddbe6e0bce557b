"""What a channel is: the interface between the gateway and a platform's plugin.

``request`` what a webhook brings · ``media`` how files are fetched · ``outbound`` what a message
becomes · ``capabilities`` what a channel can send · ``rules`` what a channel declares of itself ·
``channel`` the class a plugin implements.
"""
