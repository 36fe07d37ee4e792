"""How messages reach people: worded in their language, and handed over by mail, as letters, or to a developer's eyes.

Exception
└── SendingError
    ├── LaterError         certainly not taken, and may go well later
    ├── NeverError         certainly not taken, and never will be
    ├── DoubtError         handed over, and not heard whether it was taken
    └── WithdrawnError     no longer to be sent, as was found just before handing it over
"""
