"""What a channel is: the interface between the gateway and a platform's plugin.

``request`` what a webhook brings · ``media`` how files are
fetched · ``rules`` what a channel declares of itself · ``channel`` the class a plugin implements.
"""
