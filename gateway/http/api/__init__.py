"""The HTTP API of the private listener: one table from which routes and documents are made.

An operation is a coroutine below ``@operation``. What a caller may give stands in the annotation
of its one argument: ``Call[PARAMETERS, BODY]``, two structs with documented fields (``Nothing``
where there is none). Fields of the first that the path names come from there, the others from the
query; the second is the JSON body. The docstring is what the caller reads. To add one:

1. Write it, in the module of its group::

    class Named(Value, frozen=True, kw_only=True):
        '''Which ticket.

Attributes:
            id: As the list tells it.
        '''

        id: str

    @operation(
        "GET", "/v1/tickets/{id}",
        group="Tickets", scope="messages:read",
        answers={200: Ticket}, problems={404: "There is no such ticket."},
    )
    async def get_ticket(call: Call[Named, Nothing]) -> Reply:
        '''Return a ticket.

        More about it, if there is more to say.
        '''
        found = await call.daemon.tickets.find(call.parameters.id)
        if found is None:
            raise Problem(404, "there is no such ticket")
        return Reply(found)

2. Name it in ``table.OPERATIONS`` (and a new group in ``table.GROUPS``).
3. Run ``relevo docs``, and test it over HTTP: ``tests/project`` wants a test for every operation.

All the rest follows: the route, the key with its scope, 401, 403, 415, 422 with every wrong field,
503 while Redis is away, ``/openapi.json`` and ``/docs``.
"""
